export type { Framework } from './framework.ts';
export type { CheckOptions, CountEffects } from './options.ts';
export type { Probe, ProbeGroup, ProbeStatus } from './probe.ts';
export { renderJson } from './render-json.ts';
export { renderJunit } from './render-junit.ts';
export { type RenderTextOptions, renderText } from './render-text.ts';
export {
  type RepliesGateway,
  type RepliesGatewayOptions,
  startRepliesGateway,
} from './replies-gateway.ts';
export { type CheckReport, exitCodeOf, type ProbeResult, type ReportedAnswer } from './report.ts';
export { probes, runCheck } from './run.ts';
