// The runbook's search: shows the rows of all tables that have every word that was typed; of a pasted line, which has words of
// its own log too, where none has all of them, those that have the most, the best first. In: #search, rows with data-words. Out: hidden
// rows, hidden sections without any row left, rows in their order, and the number of rows in #found. It runs as it stands: no bundling.
(() => {
  const field = document.getElementById('search');
  const found = document.getElementById('found');
  const sections = [...document.querySelectorAll('section')].map((section) => ({
    section,
    rows: [...section.querySelectorAll('tr[data-words]')].map((row) => ({
      row,
      words: `${row.textContent} ${row.dataset.words}`.toLowerCase(),
    })),
  }));
  const all = sections.flatMap(({ rows }) => rows);
  const line = 6; // words; fewer were typed, and all of them are meant
  const least = 0.6; // of the words of a line
  // Numbers, addresses and ids are the values of one log; punctuation belongs to the sentence around a word.
  const wordsOf = (text) =>
    text
      .toLowerCase()
      .split(/\s+/)
      .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
      .filter((word) => word !== '' && !/^[\d.:/x]+$|^(vpn|cgw|vgw|tgw|eni|cvpn-endpoint)-[0-9a-f]{8,}$/.test(word));
  const scoreOf = (asked) => {
    const counts = new Map(all.map((one) => [one, asked.filter((word) => one.words.includes(word)).length]));
    const found = Math.max(0, ...counts.values()) === asked.length;
    const needed = found || asked.length < line ? asked.length : Math.ceil(asked.length * least);
    return (one) => (counts.get(one) >= needed ? counts.get(one) : -1);
  };
  const show = () => {
    const asked = wordsOf(field.value);
    const score = asked.length === 0 ? () => (field.value.trim() === '' ? 0 : -1) : scoreOf(asked);
    let count = 0;
    for (const { section, rows } of sections) {
      let left = 0;
      for (const one of rows) {
        one.row.hidden = score(one) < 0;
        left += one.row.hidden ? 0 : 1;
      }
      for (const one of [...rows].sort((a, b) => score(b) - score(a))) one.row.parentElement.append(one.row);
      section.hidden = left === 0;
      count += left;
    }
    found.textContent = field.value.trim() === '' ? '' : `${count} found`;
    history.replaceState(null, '', field.value === '' ? location.pathname : `#${encodeURIComponent(field.value)}`);
  };
  field.value = decodeURIComponent(location.hash.slice(1));
  field.addEventListener('input', show);
  document.getElementById('search-box').hidden = false;
  show();
})();
