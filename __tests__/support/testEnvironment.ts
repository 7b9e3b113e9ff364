/** What boot would have filled in. Tests that need other values build their own with loadEnv(). */
process.env.AUTH_SECRET ??= 'a secret for tests only, long enough to be accepted'
process.env.PUBLIC_URL ??= 'http://localhost:3000'
process.env.LOG_LEVEL ??= 'silent'
