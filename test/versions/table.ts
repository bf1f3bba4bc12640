/** One combination that was tried. */
export interface Cell {
  /** Node's exact version. */
  readonly node: string;
  /** Express's exact version. */
  readonly express: string;
  /** How the package was loaded. */
  readonly module: string;
  /** What went wrong, or `undefined`. */
  readonly failure: string | undefined;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The results as a Markdown table: a row for each Node, a column for each Express. */
export function renderTable(cells: readonly Cell[]): string {
  const expresses = unique(cells.map(({ express }) => express));
  const judge = (node: string, express: string): string => {
    const tried = cells.filter((cell) => cell.node === node && cell.express === express);
    return tried
      .map(({ module, failure }) => `${module} ${failure === undefined ? 'works' : '**fails**'}`)
      .join(', ');
  };
  return [
    row(['', ...expresses.map((express) => `Express ${express}`)]),
    row(['---', ...expresses.map(() => '---')]),
    ...unique(cells.map(({ node }) => node)).map((node) =>
      row([`Node ${node}`, ...expresses.map((express) => judge(node, express))]),
    ),
  ].join('\n');
}

/** The whole of `docs/versions.md`. */
export function renderPage(cells: readonly Cell[], version: string, date: Date): string {
  return `# Versions

Made by \`npm run versions -- --write\` on ${date.toISOString().slice(0, 10)}, with version ${version} packed and installed as any user would.
Each cell is a program that receives a signed message and its copy, an opt-out and a forged delivery over HTTP,
sends to a local gateway, is refused for somebody who opted out, and answers a customer of the emulator.

${renderTable(cells)}
`;
}
