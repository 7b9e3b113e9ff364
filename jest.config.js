/** @type {import('jest').Config} */
const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'automatic' } },
      target: 'es2022',
    },
    module: { type: 'commonjs' },
  },
]

/** Packages published as ES modules only; Jest runs CommonJS, so they are transformed as well. */
const esModules = [
  '@prisma/schema-engine-wasm',
  'jose',
  'media-captions',
  'rrule-temporal',
  'temporal-polyfill',
  'temporal-spec',
  'temporal-utils',
]

/** What every suite shares: our TypeScript by SWC, package.json "imports" by Jest's own resolver. */
const base = {
  transform: { '^.+\\.(ts|tsx|mjs|js)$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`],
  setupFiles: ['<rootDir>/__tests__/support/testEnvironment.ts'],
  setupFilesAfterEnv: ['<rootDir>/__tests__/support/failOnConsoleError.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.next', '<rootDir>/.data'],
}

/** For what needs a PostgreSQL server: one is found or started for the whole run. */
const database = {
  ...base,
  testEnvironment: 'node',
  globalSetup: '<rootDir>/__tests__/support/testPostgresSetup.mjs',
  globalTeardown: '<rootDir>/__tests__/support/testPostgresTeardown.mjs',
}

/**
 * One project per kind of machine need:
 * unit (pure), dom (jsdom), integration (a real PostgreSQL), browser (real Chromium and Firefox).
 */
const config = {
  projects: [
    {
      ...base,
      displayName: 'unit',
      testEnvironment: 'node',
      testMatch: [
        '<rootDir>/__tests__/(lib|server|scripts|contracts)/**/*.test.ts',
        '<rootDir>/__tests__/*.test.ts',
      ],
    },
    {
      ...base,
      displayName: 'dom',
      setupFilesAfterEnv: [...base.setupFilesAfterEnv, '<rootDir>/__tests__/support/domPatience.ts'],
      testEnvironment: 'jsdom',
      testMatch: ['<rootDir>/__tests__/components/**/*.test.tsx'],
    },
    {
      ...database,
      displayName: 'integration',
      testMatch: ['<rootDir>/__tests__/integration/**/*.test.ts'],
    },
    {
      ...database,
      displayName: 'browser',
      testMatch: ['<rootDir>/__tests__/browser/**/*.test.ts'],
    },
  ],
}

export default config
