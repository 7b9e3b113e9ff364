/** What a video has where elements have no full screen (iPhone): it goes alone, with the system's own controls. */
type LoneVideo = HTMLVideoElement & { readonly webkitEnterFullscreen?: () => void }

/**
 * Puts an element on the whole screen, or back.
 * @param video the one that goes alone where the browser lets elements not
 */
export async function toggleFullScreen(
  element: HTMLElement | null,
  video: LoneVideo | null = null,
): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen()
    else if (element?.requestFullscreen) await element.requestFullscreen()
    else video?.webkitEnterFullscreen?.()
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
