throw new Error('undici was loaded');
