// Before the first paint, so that the page does not change its colours while it loads. console.css follows data-theme, and the system without one.
(() => {
  try {
    const theme = localStorage.getItem('ingestion.theme')
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme
  } catch { /* A browser without storage: the system's theme. */ }
})()
