/** What can be thrown into the room. Apart from the tables, so that a page that shows them does not load the checks. */
export const REACTIONS = ['👍', '👏', '❤️', '😂', '😮', '🎉'] as const
