const express = require('express');
const main = require('express-whatsapp-gateway');
const testing = require('express-whatsapp-gateway/testing');
const { exercise } = require('./exercise.cjs');

function mount(middleware, path) {
  const app = express();
  app.post(path, middleware);
  app.use(express.json());
  return app;
}

exercise({ main, testing, mount }).then(() => console.log('done'));
