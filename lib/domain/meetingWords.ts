const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** 64 friendly adjectives: nothing that could hurt, embarrass or be misheard as something that does. */
export const ADJECTIVES = words(`
  amber  autumn bold   breezy bright brisk  calm   cedar  cheery clear  clever cobalt coral  cosy   crisp  curious
  daily  dapper early  easy   fair   fern   fleet  fond   fresh  gentle glad   golden grand  green  happy  hazel
  honest humble ivory  jolly  keen   kind   lively lucid  lunar  mellow merry  mild   misty  modest neat   noble
  olive  open   pearl  plucky polite quick  quiet  ready  rosy   round  sage   silver snug   solar  sunny  warm
`)

/** 64 things one likes to meet. */
export const NOUNS = words(`
  acorn  anchor aspen  basin  beacon birch  bridge brook  cabin  canoe  canyon cedar  cello  cloud  clover comet
  cove   dawn   delta  dune   falcon fern   field  finch  fjord  forest garden glade  grove  harbor haven  heron
  hill   island kettle lagoon lake   lantern lark  linden maple  meadow mill   moon   orchard otter pebble pine
  plaza  pond   prairie quill reef   ridge  river  robin  sail   sparrow spring summit table terrace thicket willow
`)
