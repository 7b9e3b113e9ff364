import { makeMeshRoom } from '../support/meshRoom.ts'
import { mediaEngineContract } from './mediaEngineContract.ts'

mediaEngineContract('MeshEngine', makeMeshRoom)
