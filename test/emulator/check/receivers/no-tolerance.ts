import express from 'express';
import { type BuildReceiver, createOnce, headersOf, sign } from './parts.ts';

/** Wrong: takes a delivery however long ago it was signed. */
export const noTolerance: BuildReceiver = ({ secret, handle }) => {
  const app = express();
  const once = createOnce();
  app.post('/webhook', express.raw({ type: '*/*', limit: '1mb' }), async (req, res) => {
    const { timestamp, signature } = headersOf(req);
    if (signature !== sign(secret, timestamp, req.body)) {
      res.sendStatus(401);
      return;
    }
    res.sendStatus(await once(signature, () => handle(JSON.parse(req.body))));
  });
  return app;
};
