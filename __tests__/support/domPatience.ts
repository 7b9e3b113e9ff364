import { configure } from '@testing-library/dom'

/** How long `findBy…` and `waitFor` may take: on a loaded machine a second is no proof that something does not come. */
configure({ asyncUtilTimeout: 4_000 })
