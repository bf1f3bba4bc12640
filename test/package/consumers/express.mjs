import express from 'express';
import * as main from 'express-whatsapp-gateway';
import * as testing from 'express-whatsapp-gateway/testing';
import { exercise } from './exercise.cjs';

function mount(middleware, path) {
  const app = express();
  app.post(path, middleware);
  app.use(express.json());
  return app;
}

await exercise({ main, testing, mount });
console.log('done');
