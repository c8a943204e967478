import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Built into `apps/console/dist`, from where the edge serves it; no inline script, so a strict CSP holds. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
