/** The forms of a counted word; Arabic has all six, English two. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** Makes a function that puts a number into the right form, at `#`. */
export function counted(language: string, forms: PluralForms): (count: number) => string {
  const rules = new Intl.PluralRules(language);
  // Codes, phones and times beside it have Western digits: so have the counts, in both languages.
  const digits = new Intl.NumberFormat(language, { numberingSystem: 'latn' });
  return (count) => (forms[rules.select(count)] ?? forms.other).replace('#', digits.format(count));
}
