// The runbook's search: shows the rows of all tables that have every word that was typed. In: #search, rows with data-words.
// Out: hidden rows, hidden sections without any row left, and the number of rows in #found. It runs as it stands: no bundling.
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
  const show = () => {
    const asked = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { section, rows } of sections) {
      let left = 0;
      for (const { row, words } of rows) {
        row.hidden = !asked.every((word) => words.includes(word));
        left += row.hidden ? 0 : 1;
      }
      section.hidden = left === 0;
      count += left;
    }
    found.textContent = asked.length === 0 ? '' : `${count} found`;
    history.replaceState(null, '', asked.length === 0 ? location.pathname : `#${encodeURIComponent(field.value)}`);
  };
  field.value = decodeURIComponent(location.hash.slice(1));
  field.addEventListener('input', show);
  document.getElementById('search-box').hidden = false;
  show();
})();
