/** What a host can allow or forbid those who do not run the meeting. */
export const PERMISSIONS = ['microphone', 'camera', 'screen', 'chat'] as const
export type Permission = (typeof PERMISSIONS)[number]
