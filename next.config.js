/**
 * Next is one part of our server (see server.ts): it renders pages and route handlers, nothing else.
 * Headers, sessions and sockets belong to server/http, so that one place answers for them.
 * @type {import('next').NextConfig}
 */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  // User content is never run through an image decoder on the server (security: GHSA-2xp9-vwfh-vxw4).
  images: { unoptimized: true },
  // Native or wasm parts stay outside the bundle.
  serverExternalPackages: [
    '@node-rs/argon2',
    '@prisma/client',
    '@prisma/adapter-pg',
    'pg',
    'pino',
    'socket.io',
  ],
  distDir: process.env.PARLEY_DIST_DIR ?? '.next',
  devIndicators: false,
  // Otherwise Next loads every page right after the start, for a second or more in which nobody is served: those who
  // wait are the people of running calls, and they need no page.
  experimental: { preloadEntriesOnStart: false },
  // `npm run check` types everything; a start on somebody's machine must not wait for, or fail by, a test's types.
  typescript: { ignoreBuildErrors: true },
}

export default config
