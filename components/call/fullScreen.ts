/** Puts an element on the whole screen, or back. Where the browser has none (iPhone), a video goes alone. */
export async function toggleFullScreen(element: HTMLElement | null): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen()
    else await element?.requestFullscreen?.()
  } catch {
    // Refused by the browser or by whoever embeds us: the picture stays as it is.
  }
}

/** Moves a picture into its own small window, or back. */
export async function togglePictureInPicture(video: HTMLVideoElement | null): Promise<void> {
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture()
    else await video?.requestPictureInPicture?.()
  } catch {
    // Refused: the picture stays where it is.
  }
}
