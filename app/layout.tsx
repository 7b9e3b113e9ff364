import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { LazyToaster } from '#components/ui/LazyToaster.tsx'
import { inter, interExtended } from './fonts.ts'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Parley', template: '%s · Parley' },
  description: 'Meetings you host yourself: send a link, and talk.',
  applicationName: 'Parley',
  referrer: 'no-referrer',
  // Only the start page is for search engines; a link to a meeting is a secret.
  robots: { index: false, follow: false },
  formatDetection: { telephone: false, email: false, address: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: 'oklch(0.982 0.005 85)' },
    { media: '(prefers-color-scheme: dark)', color: 'oklch(0.185 0.009 268)' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every page is rendered for its request: the Content-Security-Policy's nonce is made anew each time,
  // and a page of one person is never kept for another.
  await headers()
  return (
    <html lang="en" className={`${inter.variable} ${interExtended.variable}`}>
      <body className="font-sans text-base antialiased">
        {children}
        <LazyToaster />
      </body>
    </html>
  )
}
