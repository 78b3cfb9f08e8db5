// Logs made for the browser. In: what they should be like. Out: files of raw records of AWS tunnels, one a tunnel.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const START = 1772323200; // 2026-03-01 00:00:00

const record = (time, details, phase1, phase2) =>
  JSON.stringify({
    event_timestamp: time,
    details,
    dpd_enabled: true,
    nat_t_detected: false,
    ike_phase1_state: phase1,
    ike_phase2_state: phase2,
  });
const write = (folder, name, lines) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
};

// Tunnels that fall by DPD and come back, each with so many changes of state.
export function manyTransitions(folder, tunnels, transitions) {
  for (let t = 0; t < tunnels; ++t) {
    const lines = [];
    const connection = `vpn-${(0xa0000000 + (t >> 1)).toString(16).padStart(17, '0')}`;
    for (let i = 0; i < transitions; ++i) {
      const time = START + t * 7 + i * 1800;
      const up = i % 2 === 0;
      lines.push(
        record(
          time,
          up ? 'AWS tunnel Phase 2 SA is established' : 'AWS tunnel DPD timeout',
          up ? 'established' : 'down',
          up ? 'established' : 'down',
        ),
      );
    }
    write(folder, `${connection}-203.0.${t >> 8}.${t & 255}-IKE.log`, lines);
  }
}

export const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(2)>',
  '"><svg onload=alert(3)>',
  "'-alert(4)-'",
  '\u202egnp.exe\u202c',
  '<!--<script>',
  'a\u2028b\u2029c',
  '\u0000\u001b[31m',
  'javascript:alert(5)',
  ']]>',
  '{{7*7}}',
  '<iframe src=https://example.com/></iframe>',
];

// Every hostile text as a message of a tunnel, as a path and as a user; and one message of ten megabytes.
export function hostile(folder) {
  const lines = HOSTILE.map((text, i) =>
    record(START + i * 60, `AWS tunnel detected a pre-shared key mismatch with cgw: ${text}`, 'down', 'down'),
  );
  lines.push(record(START + 3000, `AWS tunnel detected a pre-shared key mismatch with cgw: ${'<b>x'.repeat(2_500_000)}`, 'down', 'down'));
  write(join(folder, 'a<'), 'script><script>alert(6)<', lines); // "<" and "script>" around the slash of the path
  write(folder, '"onmouseover=alert(7) x="', lines);
  const session = (text, i) =>
    JSON.stringify({
      'connection-log-type': 'connection-attempt',
      'connection-attempt-status': 'failed',
      'connection-reset-status': 'NA',
      'connection-attempt-failure-reason': text,
      'connection-id': `cvpn-connection-${i}`,
      'client-vpn-endpoint-id': 'cvpn-endpoint-</script><script>alert(8)</script>',
      'transport-protocol': 'udp',
      'connection-start-time': '2026-03-01 00:37:15',
      'connection-last-update-time': '2026-03-01 00:37:15',
      'client-ip': text,
      username: text,
      'common-name': text,
      'device-type': text,
      'device-ip': text,
      port: '50096',
      'ingress-bytes': '0',
      'egress-bytes': '0',
      'ingress-packets': '0',
      'egress-packets': '0',
      'connection-end-time': 'NA',
      'connection-duration-seconds': '0',
    });
  write(folder, 'sessions.jsonl', HOSTILE.map(session));
}
