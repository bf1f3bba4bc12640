/** The languages of the interface. */
export type Language = 'en' | 'ar';
/** Light or dark; `null` follows the system. */
export type Theme = 'light' | 'dark' | null;

const LANGUAGE_KEY = 'emulator.language';
const THEME_KEY = 'emulator.theme';

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A forbidden storage only means that the choice is forgotten.
  }
}

/** The language chosen last, or else the browser's. */
export function loadLanguage(): Language {
  const stored = read(LANGUAGE_KEY);
  if (stored === 'en' || stored === 'ar') return stored;
  return navigator.language.toLowerCase().startsWith('ar') ? 'ar' : 'en';
}

export function loadTheme(): Theme {
  const stored = read(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : null;
}

/** Sets the page's language and its direction, and remembers it. */
export function applyLanguage(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
}

export function rememberLanguage(language: Language): void {
  write(LANGUAGE_KEY, language);
}

export function applyTheme(theme: Theme): void {
  if (theme === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function rememberTheme(theme: 'light' | 'dark'): void {
  write(THEME_KEY, theme);
}

export function prefersDark(): boolean {
  return matchMedia('(prefers-color-scheme: dark)').matches;
}
