import express from 'express';
import { type BuildReceiver, createOnce, headersOf, isFresh, sign } from './parts.ts';

/** Written by hand and right: each of its neighbours differs from it in one thing. */
export const right: BuildReceiver = ({ secret, handle }) => {
  const app = express();
  const once = createOnce();
  app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
    const { timestamp, signature } = headersOf(req);
    if (signature !== sign(secret, timestamp, req.body) || !isFresh(timestamp)) {
      res.sendStatus(401);
      return;
    }
    res.sendStatus(await once(signature, () => handle(JSON.parse(req.body))));
  });
  return app;
};
