import '../tokens/styles.css';
import { createRoot } from 'react-dom/client';
import { ToastProvider } from '../patterns/toasts.tsx';
import { TooltipProvider } from '../primitives/tooltip.tsx';
import { Specimens } from './specimens.tsx';

const root = document.getElementById('specimens');
if (!root) throw new Error('The page has no element #specimens');
createRoot(root).render(
  <ToastProvider>
    <TooltipProvider>
      <Specimens />
    </TooltipProvider>
  </ToastProvider>,
);
