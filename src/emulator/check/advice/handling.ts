import { CHECK_FAILING_PHONE } from '../limits.ts';
import type { AdviceTexts } from './texts.ts';

/** What is wrong with copies and with handlers that fail. */
export type HandlingTopic =
  | 'duplicate-answer'
  | 'duplicate-twice'
  | 'concurrent-answer'
  | 'concurrent-twice'
  | 'effects'
  | 'early-answer'
  | 'failure-as-4xx'
  | 'failed-remembered'
  | 'failing';

/** Copies of deliveries, and handlers that fail. */
export const handlingAdvice: Readonly<Record<HandlingTopic, AdviceTexts>> = {
  'duplicate-answer': {
    general:
      'A copy of what is already done is not an error: answer 2xx, or the gateway sends it again and again. A ' +
      'violated unique key means «already done».',
  },
  'duplicate-twice': {
    general:
      'Each retry of the gateway repeats the work, replies included. Remember finished deliveries for some minutes ' +
      'by their signature (or by a key in the body), in a store that all processes share, and answer 2xx to a copy.',
    express:
      'Each retry of the gateway repeats the work, replies included. Remember finished deliveries by their signature ' +
      'and answer 200 to a copy; whatsappGatewayWebhook of this package does so.',
    ours:
      'Each retry of the gateway repeats the work. Do not pass deliveries: false, and with several processes share ' +
      'one store: deliveries: redisDeliveryStore({ … }).',
  },
  'concurrent-answer': {
    general:
      'Two copies met. At least one must be taken; the other may be told 2xx, or 409 or 503 so that it comes again. ' +
      'A violated unique key or a lock that is taken is no reason for a 500.',
  },
  'concurrent-twice': {
    general:
      'Two copies at the same moment both did the work: between «was it seen?» and «remember it» the other one slips ' +
      'in. Claim a delivery in one atomic step before the work (insert with a unique key, Redis SET NX).',
    ours:
      'Two copies at the same moment both did the work. Do not pass deliveries: false, and with several processes ' +
      'share one store: deliveries: redisDeliveryStore({ … }).',
  },
  effects: {
    general:
      'No answer shows whether the work was done twice. Start the check with --replies-port 4020 and the app with ' +
      "http://127.0.0.1:4020 as its sender's base URL: then its replies are counted.",
  },
  'early-answer': {
    general:
      'The answer said 200 before the handler had failed, so the gateway never sends the message again: it is lost. ' +
      'Answer when the work is done or safely queued, and answer 500 where that fails.',
    express:
      'The answer said 200 before the handler had failed, so the message is lost. Put the answer after the work: ' +
      'await handle(event); res.sendStatus(200); and hand errors on: catch (error) { next(error); }.',
    ours:
      'Your handler has returned before its work failed, so the message is lost. Return or await every promise in ' +
      'it, and do not catch what you cannot mend.',
  },
  'failure-as-4xx': {
    general:
      'A 4xx says that the delivery is wrong, and the gateway may not send it again. Answer 500 or 503 where your ' +
      'own side failed.',
  },
  'failed-remembered': {
    general:
      'The failed delivery was remembered as done, so its retry does nothing and the message is lost. Remember a ' +
      'delivery when its work is finished, or forget it again where the work fails.',
  },
  failing: {
    general:
      'From outside a handler that has worked looks like one that fails later. Make yours throw for a message from ' +
      `${CHECK_FAILING_PHONE} (or another phone), and say so with --failing-from.`,
  },
};
