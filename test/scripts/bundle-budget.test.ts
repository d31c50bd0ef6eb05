import { expect, test } from 'vitest';
import { filesOfView, type Manifest } from '../../scripts/bundle-budget.ts';

const manifest: Manifest = {
  'index.html': { file: 'assets/index.js', imports: ['_shared.js'], isEntry: true },
  '_shared.js': { file: 'assets/shared.js' },
  '_chart.js': { file: 'assets/chart.js' },
  'src/keys/keys-view.tsx': { file: 'assets/keys.js', imports: ['index.html', '_shared.js'] },
  'src/key/key-view.tsx': { file: 'assets/key.js', imports: ['_chart.js', '_shared.js'] },
  'style.css': { file: 'assets/style.css' },
};

test('a view’s size is that of the entry, the view, and all that they import, each once', () => {
  const files = filesOfView(manifest, 'src/keys/keys-view.tsx');
  expect([...files].sort()).toEqual(['assets/index.js', 'assets/keys.js', 'assets/shared.js']);
});

test('a view that is not in the bundle has no size', () => {
  expect(() => filesOfView(manifest, 'src/lost.tsx')).toThrow('src/lost.tsx');
});
