import express from 'express';
import { type BuildReceiver, createOnce, headersOf, isFresh, sign } from './parts.ts';

/** Wrong: compares signatures with `===` after it has made them alike. */
export const anyCase: BuildReceiver = ({ secret, handle }) => {
  const app = express();
  const once = createOnce();
  app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
    const { timestamp, signature } = headersOf(req);
    const expected = sign(secret, timestamp, req.body);
    const fits = signature.toLowerCase() === expected;
    if (!fits || !isFresh(timestamp)) {
      res.sendStatus(401);
      return;
    }
    res.sendStatus(await once(expected, () => handle(JSON.parse(req.body))));
  });
  return app;
};
