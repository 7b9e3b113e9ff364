/** Leaves for another page with a full load: everything is rendered anew for who one is from now on. */
export const goTo = (path: string): void => window.location.assign(path)
