import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Language } from '../preferences.ts';
import { ar } from './ar.ts';
import { type Dictionary, en } from './en.ts';

export const dictionaries: Readonly<Record<Language, Dictionary>> = { en, ar };

export const LanguageContext = createContext<Language>('en');

/** The texts of the chosen language. */
export function useText(): Dictionary {
  return dictionaries[useContext(LanguageContext)];
}
