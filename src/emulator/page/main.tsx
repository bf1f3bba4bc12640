import './styles/index.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { applyLanguage, applyTheme, loadLanguage, loadTheme } from './preferences.ts';

const language = loadLanguage();
const theme = loadTheme();
applyLanguage(language);
applyTheme(theme);

const root = document.getElementById('page');
if (root !== null) render(<App firstLanguage={language} firstTheme={theme} />, root);
