import './design/tokens/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applyTheme } from './shell/theme.ts';

applyTheme();
const root = document.getElementById('console');
if (!root) throw new Error('The page has no element #console');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
