"""DuckDB over JSON lines: read, match a pattern, group by tunnel.
In: a folder of {json} files, a pattern, the number of threads. Out: a line a tunnel, last the number of records."""
import sys

import duckdb

folder, fault, threads = sys.argv[1:]
connection = duckdb.connect(config={"threads": int(threads)})
rows = connection.execute("""
    SELECT filename, count(*), count(*) FILTER (regexp_matches(details, $fault)),
           count(*) FILTER (ike_phase2_state = 'down')
    FROM read_json($files, format = 'newline_delimited', filename = true, columns = {
        event_timestamp: 'BIGINT', details: 'VARCHAR', dpd_enabled: 'BOOLEAN', nat_t_detected: 'BOOLEAN',
        ike_phase1_state: 'VARCHAR', ike_phase2_state: 'VARCHAR'})
    GROUP BY filename ORDER BY filename""", {"files": folder + "/*", "fault": fault}).fetchall()
for row in rows:
    print(*row)
print(sum(row[1] for row in rows))
