import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.KEYWRIGHT_URL ?? 'http://127.0.0.1:4000';

export default defineConfig({
  base: '/',
  plugins: [react(), tailwindcss()],
  resolve: {
    alias: {
      // The original writes style elements while it runs, which the console's Content-Security-Policy forbids.
      'react-remove-scroll': fileURLToPath(
        new URL('./src/design/primitives/scroll-lock.tsx', import.meta.url),
      ),
    },
  },
  build: {
    manifest: true,
    // Pieces are loaded by the pages of this server, in browsers that have what this needs.
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  // For work on the console itself: `PUBLIC_URL=http://localhost:5173 npm start`, and `npm run console` beside it.
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(
      ['/graphql', '/sign-in', '/verify', '/schema.graphql'].map((path) => [
        path,
        { target: server, ws: true },
      ]),
    ),
  },
});
