import type { LiteralKind } from "./literal-table.ts";

/** What an expression may give or want: a kind of literal, a structure, a value with methods, or anything. */
export type Kind =
  | LiteralKind
  | "list"
  | "dict"
  | "time"
  | "any"
  | "strings"
  | "name"
  | "template"
  | "moment"
  | "release"
  | "span";

/** A function: how often it is taken, what it gives and wants. `...KIND` at the end stands for none to three of a kind. */
export interface Signature {
  readonly weight: number;
  readonly gives: Kind;
  readonly wants: readonly (Kind | `...${Kind}`)[];
}

/** `NAME WEIGHT GIVES WANTS …`, weighted by what public charts use. Random, clock-bound and key-making functions are not here. */
const TABLE = `
default 9 any any any
quote 9 string ...any
squote 4 string ...any
toYaml 9 string any
toString 5 string any
nindent 7 string small string
indent 4 string small string
printf 9 string format ...any
print 3 string ...any
println 2 string ...any
trunc 6 string small string
trimSuffix 5 string string string
trimPrefix 3 string string string
trim 3 string string
trimAll 2 string string string
replace 4 string string string string
contains 4 bool string string
hasPrefix 3 bool string string
hasSuffix 3 bool string string
upper 2 string string
lower 3 string string
title 2 string string
untitle 2 string string
repeat 2 string small string
substr 3 string small small string
nospace 2 string string
initials 2 string string
abbrev 2 string small string
abbrevboth 2 string small small string
plural 2 string string string int
swapcase 2 string string
camelcase 3 string string
snakecase 3 string string
kebabcase 3 string string
wrap 2 string small string
wrapWith 2 string small string string
split 3 dict string string
splitn 2 dict string small string
splitList 3 strings string string
toStrings 2 strings list
cat 2 string ...any
join 5 string string list
sortAlpha 3 strings list
b64enc 4 string string
b64dec 3 string string
b32enc 1 string string
b32dec 1 string string
sha1sum 1 string string
sha256sum 3 string string
sha512sum 1 string string
adler32sum 1 string string
atoi 3 int any
int 6 int any
int64 4 int any
float64 4 float any
toDecimal 2 int any
add 4 int ...any
add1 3 int any
sub 3 int any any
div 3 int any any
mod 3 int any any
mul 3 int any ...any
max 2 int any ...any
min 2 int any ...any
biggest 1 int any ...any
maxf 2 float any ...any
minf 2 float any ...any
addf 2 float ...any
add1f 2 float any
subf 2 float any ...any
mulf 2 float any ...any
divf 2 float any ...any
floor 2 float any
ceil 2 float any
round 3 float any small
until 3 list small
untilStep 2 list small small small
seq 2 string small ...small
list 6 list ...any
tuple 1 list ...any
append 3 list list any
prepend 2 list list any
concat 3 list list ...list
first 3 any list
last 3 any list
rest 2 list list
initial 2 list list
reverse 2 list list
compact 2 list list
uniq 3 list list
without 3 list list ...any
has 4 bool any list
slice 3 list list ...small
chunk 2 list small list
mustFirst 1 any list
mustLast 1 any list
mustRest 1 list list
mustUniq 1 list list
mustHas 1 bool any list
mustSlice 1 list list ...small
mustAppend 1 list list any
mustCompact 1 list list
mustReverse 1 list list
mustWithout 1 list list ...any
dict 7 dict key any key any
get 4 any dict key
set 4 dict dict key any
unset 2 dict dict key
hasKey 5 bool dict key
pluck 3 list key dict ...dict
pick 2 dict dict ...key
omit 3 dict dict ...key
merge 4 dict dict ...dict
mergeOverwrite 3 dict dict ...dict
mustMerge 1 dict dict ...dict
mustMergeOverwrite 1 dict dict ...dict
deepCopy 3 any any
mustDeepCopy 1 any any
dig 4 any key any dict
empty 4 bool any
coalesce 3 any ...any
all 2 bool ...any
any 2 bool ...any
ternary 5 any any any bool
typeOf 4 string any
typeIs 2 bool string any
typeIsLike 2 bool string any
kindOf 5 string any
kindIs 5 bool string any
deepEqual 2 bool any any
regexMatch 3 bool regex string
mustRegexMatch 1 bool regex string
regexFind 2 string regex string
regexFindAll 2 strings regex string small
regexReplaceAll 4 string regex string replacement
regexReplaceAllLiteral 2 string regex string replacement
regexSplit 3 strings regex string small
regexQuoteMeta 1 string string
mustRegexFind 1 string regex string
mustRegexReplaceAll 1 string regex string replacement
mustRegexSplit 1 strings regex string small
base 2 string path
dir 2 string path
clean 2 string path
ext 2 string path
isAbs 1 bool path
osBase 1 string path
osDir 1 string path
osClean 1 string path
osExt 1 string path
fail 1 any string
required 4 any string any
mustToYaml 1 string any
toYamlPretty 2 string any
fromYaml 5 dict yaml
fromYamlArray 3 list yaml
toJson 6 string any
mustToJson 1 string any
toPrettyJson 3 string any
toRawJson 3 string any
mustToPrettyJson 1 string any
mustToRawJson 1 string any
fromJson 4 dict json
fromJsonArray 3 list json
mustFromJson 2 any json
toToml 3 string any
mustToToml 1 string any
fromToml 2 dict toml
date 2 string layout any
dateInZone 2 string layout time zone
htmlDate 1 string time
htmlDateInZone 1 string time zone
dateModify 2 time duration time
mustDateModify 1 time duration time
toDate 3 time layout date
mustToDate 1 time layout date
unixEpoch 2 string time
duration 2 string any
durationRound 2 string any
mustToDuration 2 any duration
durationSeconds 1 float duration
durationHours 1 float duration
durationRoundTo 1 any duration duration
durationTruncateTo 1 any duration duration
semver 3 any version
semverCompare 6 bool constraint version
urlParse 2 dict url
urlJoin 2 string dict
eq 8 bool any any
ne 5 bool any any
lt 3 bool any any
le 3 bool any any
gt 4 bool any any
ge 3 bool any any
and 6 any any any
or 6 any any any
not 6 bool any
len 4 int any
index 5 any any ...any
html 1 string any
js 1 string any
urlquery 1 string any
call 1 any any
date_in_zone 1 string layout any zone
date_modify 1 time duration time
must_date_modify 1 time duration time
durationDays 1 float duration
durationWeeks 1 float duration
durationMinutes 1 float duration
durationMilliseconds 1 int duration
durationMicroseconds 1 int duration
durationNanoseconds 1 int duration
ago 1 string time
mustChunk 1 list small list
mustInitial 1 list list
mustPrepend 1 list list any
mustRegexFindAll 1 strings regex string small
mustRegexReplaceAllLiteral 1 string regex string replacement
osIsAbs 1 bool path
trimall 1 string string string
hello 1 string
getHostByName 1 string string
lookup 1 dict string string string string
decryptAES 1 string string string
semver 1 release version
toDate 1 moment layout date
mustToDuration 1 span duration
include 5 string name any
tpl 4 string template any
`;

/** Every function of the fuzz by name. */
export const FUNCTIONS: readonly (readonly [name: string, signature: Signature])[] = TABLE.trim()
  .split("\n")
  .map((line) => line.split(" "))
  .map(([name = "", weight, gives, ...wants]) => [name, { weight: Number(weight), gives, wants } as Signature]);
