// The texts of the page. Another language is another file beside text.en.js with the same members, and a line here.
const languages = {
  en: () => import('./text.en.js'),
}

const wanted = navigator.languages.map(language => language.split('-')[0]).find(language => languages[language]) ?? 'en'

export const { text } = await languages[wanted]()

document.documentElement.lang = wanted
