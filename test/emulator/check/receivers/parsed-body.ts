import express from 'express';
import { type BuildReceiver, createOnce, headersOf, isFresh, sign } from './parts.ts';

/** Wrong: signs what JSON.stringify makes of the parsed body. */
export const parsedBody: BuildReceiver = ({ secret, handle }) => {
  const app = express();
  const once = createOnce();
  app.use(express.json());
  app.post('/webhook', async (req, res) => {
    const { timestamp, signature } = headersOf(req);
    if (signature !== sign(secret, timestamp, JSON.stringify(req.body)) || !isFresh(timestamp)) {
      res.sendStatus(401);
      return;
    }
    res.sendStatus(await once(signature, () => handle(req.body)));
  });
  return app;
};
