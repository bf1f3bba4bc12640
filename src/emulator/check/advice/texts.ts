/** The same advice for whoever reads it. `{path}` stands for the path of the webhook under test. */
export interface AdviceTexts {
  /** For any language. */
  readonly general: string;
  /** For Express with code of the app's own. */
  readonly express?: string;
  /** For this package's middleware. */
  readonly ours?: string;
}
