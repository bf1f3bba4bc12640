import express from 'express';
import { type BuildReceiver, createOnce, headersOf, isFresh, sign } from './parts.ts';

/** Wrong: waits for bytes that `express.json()` has already taken. */
export const hangs: BuildReceiver = ({ secret, handle }) => {
  const app = express();
  const once = createOnce();
  app.use(express.json());
  app.post('/webhook', (req, res, next) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks);
      const { timestamp, signature } = headersOf(req);
      if (signature !== sign(secret, timestamp, body) || !isFresh(timestamp)) {
        res.sendStatus(401);
        return;
      }
      once(signature, () => handle(JSON.parse(body.toString()))).then(
        (status) => res.sendStatus(status),
        next,
      );
    });
  });
  return app;
};
