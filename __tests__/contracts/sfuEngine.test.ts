import { makeSfuRoom } from '../support/sfuRoom.ts'
import { mediaEngineContract } from './mediaEngineContract.ts'

mediaEngineContract('SfuEngine', makeSfuRoom)
