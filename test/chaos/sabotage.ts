/**
 * What can be switched off, to show that the count finds it:
 *
 * - `intents`: the intent marker, with BullMQ's own `maxStalledCount` of 1. A job whose worker died is sent again.
 * - `max-stalled`: only BullMQ's `maxStalledCount` of 1. The marker still keeps a message from being sent twice, but a
 *   send that lost its worker twice before it began is given up, although nobody refused it.
 * - `store`: the web processes' delivery store always claims, so that copies are handled again.
 * - `lock`: sends do not hold off opt-outs, and stand still between the question whether the recipient has opted out and
 *   the send.
 */
export type Sabotage = 'intents' | 'max-stalled' | 'store' | 'lock';

export const sabotages: readonly Sabotage[] = ['intents', 'max-stalled', 'store', 'lock'];
