import type { MetadataRoute } from 'next'

/** So that a phone can put Parley on its home screen, and it opens there without the browser's frame. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    name: 'Parley',
    short_name: 'Parley',
    description: 'Meetings you host yourself: send a link, and talk.',
    id: '/',
    start_url: '/',
    display: 'standalone',
    background_color: '#17191d',
    theme_color: '#17191d',
    icons: [
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: '/apple-icon.png', sizes: '180x180', type: 'image/png' },
    ],
  }
}
