import next from 'eslint-config-next';
import tseslint from 'typescript-eslint';

/** Who may import whom (DESIGN: dependencies point downwards only). A folder not named for a target is closed to it. */
const allowed = {
  'lib/contract': [],
  'lib/rules': ['lib/contract'],
  'lib/db': ['lib/contract'],
  'lib/links': ['lib/contract', 'lib/rules'],
  'lib/platforms': ['lib/links', 'lib/rules', 'lib/contract'],
  'lib/core': ['lib/contract', 'lib/rules', 'lib/db'],
  'lib/server': ['lib/core', 'lib/contract', 'lib/rules', 'lib/db'],
  components: ['lib/contract', 'lib/rules'],
  'app/api': ['lib/server', 'lib/core', 'lib/contract', 'lib/rules'],
  worker: ['lib/core', 'lib/platforms', 'lib/links', 'lib/rules', 'lib/contract', 'lib/db', 'remote'],
};
const rooms = [
  'lib/contract',
  'lib/rules',
  'lib/db',
  'lib/links',
  'lib/platforms',
  'lib/core',
  'lib/server',
  'components',
  'app',
  'worker',
  'lab',
  'e2e',
  'bench',
  'test',
  'scripts',
];
const zones = Object.entries(allowed).map(([target, may]) => ({
  target: `./${target}`,
  from: rooms.filter((r) => r !== target && !may.includes(r) && !target.startsWith(`${r}/`)).map((r) => `./${r}`),
  message: `${target} may import only: ${may.join(', ') || 'nothing of the house'} (docs/decisions/001-layers.md)`,
}));
// Pages draw: they reach data only through the contract's typed client in components.
const pages = {
  target: './app/(console)',
  from: ['lib/core', 'lib/db', 'lib/links', 'lib/platforms', 'worker', 'lab'].map((r) => `./${r}`),
  message: 'pages import components, contract and rules; the session gate is lib/server',
};

const config = [
  {
    ignores: [
      '.next/**',
      'node_modules/**',
      'lib/db/generated/**',
      'next-env.d.ts',
      '.lab/**',
      '.cache/**',
      'playwright-report/**',
      'test-results/**',
    ],
  },
  ...next,
  ...tseslint.configs.strict,
  {
    settings: { 'import/resolver': { typescript: { project: './tsconfig.json' } } },
    rules: {
      'import/no-restricted-paths': [
        'error',
        {
          zones: [
            ...zones.flatMap(({ target, from, message }) => from.map((f) => ({ target, from: f, message }))),
            ...pages.from.map((f) => ({ target: pages.target, from: f, message: pages.message })),
          ],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      'no-restricted-syntax': ['error', { selector: "Directive[value='use server']", message: 'no server actions' }],
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  // Playwright's fixtures call a parameter named use, which is no hook.
  { files: ['e2e/**'], rules: { 'react-hooks/rules-of-hooks': 'off' } },
  // A test beside the code may reach for fixtures of the test room.
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'test/**'],
    rules: { 'import/no-restricted-paths': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
];
export default config;
