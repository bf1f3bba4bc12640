import express from 'express';
import { type BuildReceiver, createOnce, headersOf, isFresh, sign } from './parts.ts';

/** Wrong: answers 200 before the handler has failed. */
export const earlyAnswer: BuildReceiver = ({ secret, handle }) => {
  const app = express();
  const once = createOnce();
  app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
    const { timestamp, signature } = headersOf(req);
    if (signature !== sign(secret, timestamp, req.body) || !isFresh(timestamp)) {
      res.sendStatus(401);
      return;
    }
    res.sendStatus(200);
    once(signature, () => handle(JSON.parse(req.body))).catch(() => undefined);
  });
  return app;
};
