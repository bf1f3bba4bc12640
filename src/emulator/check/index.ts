export type { CheckOptions } from './options.ts';
export type { ProbeStatus } from './probe.ts';
export { renderJson } from './render-json.ts';
export { renderJunit } from './render-junit.ts';
export { renderText } from './render-text.ts';
export { type RepliesGateway, type RepliesGatewayOptions, startRepliesGateway } from './replies-gateway.ts';
export { type CheckReport, exitCodeOf, type ProbeResult } from './report.ts';
export { probes, runCheck } from './run.ts';
