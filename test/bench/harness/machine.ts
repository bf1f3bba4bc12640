import { cpus } from 'node:os';

/** What the figures were measured on. */
export function describeMachine(): string {
  const all = cpus();
  return `${all[0]?.model.trim() ?? 'unknown CPU'}, ${all.length} cores, Node ${process.version}, ${process.platform} ${process.arch}`;
}
