export { renderJson } from './render-json.ts';
export { renderJunit } from './render-junit.ts';
export { renderText } from './render-text.ts';
export { type RepliesGateway, startRepliesGateway } from './replies-gateway.ts';
export { type CheckReport, exitCodeOf } from './report.ts';
export { runCheck } from './run.ts';
