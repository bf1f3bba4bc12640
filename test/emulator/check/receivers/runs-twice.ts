import express from 'express';
import { type BuildReceiver, headersOf, isFresh, sign } from './parts.ts';

/** Wrong: handles each copy of a delivery. */
export const runsTwice: BuildReceiver = ({ secret, handle }) => {
  const app = express();
  app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
    const { timestamp, signature } = headersOf(req);
    if (signature !== sign(secret, timestamp, req.body) || !isFresh(timestamp)) {
      res.sendStatus(401);
      return;
    }
    await handle(JSON.parse(req.body));
    res.sendStatus(200);
  });
  return app;
};
