import type { Faults } from './count.ts';
import type { ChaosResult } from './run.ts';

const FAULT_NAMES: Readonly<Record<keyof Faults, string>> = {
  messagesLost: 'events lost: messages',
  optOutsLost: 'events lost: opt-outs',
  effectsRunTwice: 'effects run twice',
  messagesSentTwice: 'messages sent twice',
  sentAfterOptOut: 'requests after an answered opt-out',
  sendsUnaccounted: 'sends not accounted for',
};

const NAME_WIDTH = 38;
const NUMBER_WIDTH = 8;

/** The faults that are not 0, with their numbers. */
export function describeFaults(faults: Faults): string[] {
  return Object.entries(FAULT_NAMES).flatMap(([key, name]) => {
    const count = faults[key as keyof Faults];
    return count > 0 ? [`${name} ${count}`] : [];
  });
}

function row(name: string, value: number | string, note = ''): string {
  return `  ${name.padEnd(NAME_WIDTH)}${String(value).padStart(NUMBER_WIDTH)}${note && `  ${note}`}`;
}

/** The table that a run prints. */
export function renderTable({
  options,
  planned,
  faults,
  sends,
  crashes,
  hardship,
  details,
  seconds,
}: ChaosResult): string {
  const kills = [...crashes.kills].map(([name, count]) => `${name}: ${count}`).join(', ');
  const killCount = [...crashes.kills.values()].reduce((sum, count) => sum + count, 0);
  const lines = [
    '',
    row('events delivered', planned.messages + planned.optOuts, `${planned.optOuts} of them opt-outs`),
    row('sends queued', planned.sends, 'a reply to each message, an order for each opt-out'),
    '',
    row('processes killed (SIGKILL)', killCount, kills),
    row('Redis killed and restarted', crashes.redisRestarts, 'appendonly yes, appendfsync always'),
    row('duplicates, one after the other', hardship.duplicates),
    row('duplicates at the same moment', hardship.concurrentDuplicates),
    row('deliveries reordered', hardship.reordered),
    row('deliveries that failed at first', hardship.retried, 'and were tried again'),
    row('sends throttled', hardship.throttled, 'each pauses all machines for a second'),
    row('connections reset after reading', hardship.resetsAfterReading),
    row('500 after sending', hardship.errorsAfterSending),
    '',
    row('sent', sends.sent),
    row('refused (the recipient opted out)', sends.refused),
    row('outcome_unknown', sends.unknown, `of which the gateway took ${sends.unknownTaken}`),
    '',
    ...Object.entries(FAULT_NAMES).map(([key, name]) => {
      const count = faults[key as keyof Faults];
      return row(name, count, count === 0 ? '' : '✗');
    }),
    '',
    row('seconds of traffic', seconds.traffic.toFixed(0)),
    row('seconds until all had settled', seconds.settling.toFixed(0)),
    row('seed', options.seed),
    ...(options.sabotage === undefined ? [] : [row('sabotage', options.sabotage)]),
    ...(details.length === 0 ? [] : ['', ...details.map((detail) => `  ${detail}`)]),
    '',
  ];
  return lines.join('\n');
}
