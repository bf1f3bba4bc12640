import express from 'express';
import { type BuildReceiver, createOnce, headersOf, isFresh, sign } from './parts.ts';

const KNOWN: readonly string[] = ['message.received', 'recipient.opted_out', 'message.status_updated'];

/** Wrong: a 500 for each event that it does not know. */
export const throwsOnUnknownEvents: BuildReceiver = ({ secret, handle }) => {
  const app = express();
  const once = createOnce();
  app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
    const { timestamp, signature } = headersOf(req);
    if (signature !== sign(secret, timestamp, req.body) || !isFresh(timestamp)) {
      res.sendStatus(401);
      return;
    }
    const event = JSON.parse(req.body);
    if (!KNOWN.includes(event.event)) throw new Error(`No handler for ${event.event}.`);
    res.sendStatus(await once(signature, () => handle(event)));
  });
  return app;
};
