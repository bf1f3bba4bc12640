import { createWebhookReceiver } from 'express-whatsapp-gateway';
import { answerParent } from '../harness/child.ts';
import { messageBody, SECRET, signedHeaders } from '../support/delivery.ts';
import { collected } from './collected.ts';

const BODY_BYTES = 300;
const receiver = createWebhookReceiver({ secret: SECRET, onMessage: () => {} });

answerParent(async ({ count }: { count: number }) => {
  for (let time = 0; time < count; time += 1) {
    const rawBody = messageBody(BODY_BYTES);
    const { status } = await receiver.receive({ headers: signedHeaders(rawBody), rawBody });
    if (status !== 200) throw new Error(`A delivery was answered ${status}.`);
  }
  return collected();
});
