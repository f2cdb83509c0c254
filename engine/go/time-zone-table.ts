/**
 * The zones that Go's tzdata 2025b knows, by the abbreviations that go with an offset in minutes (the latest where an offset had
 * several). An abbreviation that is the offset itself, `+03`, is left out. One line per set: `ABBR MINUTES,…|zone zone …`.
 */
export const TIME_ZONES = `
|Africa/Casablanca Africa/El_Aaiun America/Araguaina America/Bahia America/Belem America/Boa_Vista America/Campo_Grande America/Cayenne America/Cuiaba America/Eirunepe America/Fortaleza America/Godthab America/Guyana America/Lima America/Maceio America/Manaus America/Noronha America/Nuuk America/Porto_Acre America/Porto_Velho America/Recife America/Rio_Branco America/Santarem America/Sao_Paulo America/Scoresbysund Antarctica/Troll Asia/Aden Asia/Almaty Asia/Anadyr Asia/Aqtau Asia/Aqtobe Asia/Ashgabat Asia/Ashkhabad Asia/Atyrau Asia/Bahrain Asia/Baku Asia/Barnaul Asia/Bishkek Asia/Brunei Asia/Chita Asia/Choibalsan Asia/Dili Asia/Dubai Asia/Dushanbe Asia/Hovd Asia/Kabul Asia/Kamchatka Asia/Kashgar Asia/Kathmandu Asia/Katmandu Asia/Khandyga Asia/Krasnoyarsk Asia/Kuching Asia/Kuwait Asia/Magadan Asia/Muscat Asia/Novokuznetsk Asia/Novosibirsk Asia/Omsk Asia/Oral Asia/Qatar Asia/Qostanay Asia/Qyzylorda Asia/Riyadh Asia/Sakhalin Asia/Samarkand Asia/Srednekolymsk Asia/Tashkent Asia/Thimbu Asia/Thimphu Asia/Tomsk Asia/Ulaanbaatar Asia/Ulan_Bator Asia/Urumqi Asia/Ust-Nera Asia/Vladivostok Asia/Yakutsk Asia/Yerevan Atlantic/Cape_Verde Atlantic/South_Georgia Australia/Eucla Brazil/Acre Brazil/DeNoronha Brazil/East Brazil/West Etc/GMT+1 Etc/GMT+10 Etc/GMT+11 Etc/GMT+12 Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9 Etc/GMT-1 Etc/GMT-10 Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/GMT-2 Etc/GMT-3 Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7 Etc/GMT-8 Etc/GMT-9 Europe/Astrakhan Europe/Samara Europe/Saratov Europe/Ulyanovsk Indian/Chagos Indian/Christmas Indian/Cocos Indian/Mahe Indian/Mauritius Indian/Reunion Kwajalein NZ-CHAT Pacific/Apia Pacific/Chatham Pacific/Chuuk Pacific/Efate Pacific/Fakaofo Pacific/Fiji Pacific/Funafuti Pacific/Galapagos Pacific/Gambier Pacific/Guadalcanal Pacific/Kiritimati Pacific/Kosrae Pacific/Kwajalein Pacific/Majuro Pacific/Marquesas Pacific/Nauru Pacific/Niue Pacific/Norfolk Pacific/Noumea Pacific/Palau Pacific/Pitcairn Pacific/Pohnpei Pacific/Ponape Pacific/Rarotonga Pacific/Tahiti Pacific/Tarawa Pacific/Tongatapu Pacific/Wake Pacific/Wallis
-00 0|Antarctica/Casey Antarctica/Davis Antarctica/DumontDUrville Antarctica/Mawson Antarctica/Palmer Antarctica/Rothera Antarctica/Syowa Antarctica/Vostok Factory Indian/Kerguelen Pacific/Enderbury Pacific/Kanton
-00 0,AEDT 660,AEST 600|Antarctica/Macquarie
-00 0,CDT -300,CST -360|America/Rankin_Inlet America/Resolute
-00 0,CST -360,EDT -240,EST -300|America/Iqaluit America/Pangnirtung
-00 0,EST -300,MDT -360,MST -420|America/Cambridge_Bay
-00 0,MDT -360,MST -420,PST -480|America/Inuvik
-00 0,NZDT 780,NZST 720|Antarctica/McMurdo
ACDT 630,ACST 540,ACST 570|Australia/Adelaide Australia/Darwin Australia/North Australia/South
ACDT 630,ACST 540,ACST 570,AEST 600|Australia/Broken_Hill Australia/Yancowinna
ADDT -120,ADT -180,AST -240,NDT -150,NDT -150.86666666666667,NST -210,NST -210.86666666666667|America/Goose_Bay
ADMT 155.33333333333334,AMT 155.53333333333333,EAT 180|Africa/Asmara
ADMT 155.33333333333334,EAT 180|Africa/Addis_Ababa
ADT -180,AST -240|America/Barbados America/Glace_Bay America/Halifax America/Thule Canada/Atlantic
ADT -180,AST -240,BMT -259.3,BST -199.3|Atlantic/Bermuda
ADT -180,AST -240,EST -300|America/Moncton
ADT -180,AST -240,FFMT -244.33333333333334|America/Martinique
AEDT 660,AEST 600|Australia/ACT Australia/Brisbane Australia/Canberra Australia/Currie Australia/Hobart Australia/Lindeman Australia/Melbourne Australia/NSW Australia/Queensland Australia/Sydney Australia/Tasmania Australia/Victoria
AEST 600|Australia/LHI Australia/Lord_Howe
AHST -600,AKDT -480,AKST -540|America/Anchorage US/Alaska
AKDT -480,AKST -540|America/Yakutat
AKDT -480,AKST -540,BDT -600,BST -660|America/Nome
AKDT -480,AKST -540,PDT -420|America/Juneau America/Metlakatla America/Sitka
AMT -230.66666666666666|America/Asuncion
AMT 19.533333333333335,CEST 120,CET 60,NST 79.53333333333333|Europe/Amsterdam
AMT 94.86666666666666,CET 60,EEST 180,EET 120|Europe/Athens
APT -180,AST -240|America/Blanc-Sablon America/Kralendijk America/Lower_Princes America/Marigot America/Puerto_Rico America/St_Barthelemy America/Virgin
AST -240|America/Anguilla America/Aruba America/Curacao America/Dominica America/Grenada America/Guadeloupe America/Miquelon America/Montserrat America/Port_of_Spain America/St_Kitts America/St_Thomas America/Tortola
AST -240,CMT -244|America/St_Lucia
AST -240,EST -300|America/Antigua
AST -240,EST -300,SDMT -280|America/Santo_Domingo
AST -240,KMT -244.93333333333334|America/St_Vincent
AWDT 540,AWST 480|Australia/Perth Australia/West
BDST 120,BST 60,GMT 0|Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/London GB GB-Eire
BMT -296.26666666666665|America/Bogota
BMT -66.6,GMT 0|Africa/Banjul
BMT 104.4,CET 60,CMT 115,EEST 180,EET 120,MSD 240|Europe/Chisinau Europe/Tiraspol
BMT 104.4,EEST 180,EET 120|Europe/Bucharest
BMT 17.5,CEST 120,CET 60,WET 0|Europe/Brussels
BMT 177.6|Asia/Baghdad
BMT 29.766666666666666,CEST 120,CET 60|Europe/Busingen Europe/Zurich
BMT 402.06666666666666|Asia/Bangkok
BMT 427.2,WIB 420|Asia/Jakarta
BST -212.6,CMT -272.6|America/La_Paz
BST -660,HDT -540,HST -600|America/Adak America/Atka US/Aleutian
CAST 180,CAT 120,SAST 90|Africa/Gaborone
CAT 120|Africa/Bujumbura Africa/Harare Africa/Kigali Africa/Lusaka Africa/Maputo
CAT 120,EAT 180|Africa/Juba Africa/Khartoum
CAT 120,SAST 180,WAT 60|Africa/Windhoek
CAT 120,WAT 60|Africa/Lubumbashi
CAT 120,ZMT 141,ZMT 141.16666666666666|Africa/Blantyre
CDT -240,CST -300,HMT -329.6|America/Havana Cuba
CDT -300,CST -360|America/Belize America/Chicago America/El_Salvador America/Guatemala America/Indiana/Knox America/Knox_IN America/Matamoros America/Menominee America/Merida America/Rainy_River America/Tegucigalpa America/Winnipeg CST6CDT Canada/Central US/Central US/Indiana-Starke
CDT -300,CST -360,EDT -240|America/Indiana/Tell_City
CDT -300,CST -360,MMT -345.2|America/Managua
CDT -300,CST -360,MST -420|America/Bahia_Banderas America/Chihuahua America/Mexico_City America/Monterrey America/North_Dakota/Beulah America/North_Dakota/Center America/North_Dakota/New_Salem America/Ojinaga Mexico/General
CDT -300,CST -360,SJMT -336.21666666666664|America/Costa_Rica
CDT -300,MDT -360,MST -420|America/Ciudad_Juarez
CDT 540,CST 480|Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Macao Asia/Macau Asia/Shanghai Asia/Taipei PRC ROC
CEMT 180,CEST 120,CET 60|Arctic/Longyearbyen Atlantic/Jan_Mayen Europe/Berlin
CEST 120,CET 60|CET Europe/Belgrade Europe/Budapest Europe/Ljubljana Europe/Malta Europe/Oslo Europe/Podgorica Europe/Sarajevo Europe/Skopje Europe/Tirane Europe/Vaduz Europe/Vienna Europe/Zagreb
CEST 120,CET 60,CMT 50.333333333333336|Europe/Copenhagen
CEST 120,CET 60,EEST 180,WMT 84|Europe/Warsaw Poland
CEST 120,CET 60,GMT 0|Europe/Gibraltar
CEST 120,CET 60,GMT 0,PMT 57.733333333333334|Europe/Bratislava Europe/Prague
CEST 120,CET 60,PMT 9.35|Africa/Tunis
CEST 120,CET 60,PMT 9.35,WET 0|Africa/Algiers Europe/Monaco Europe/Paris
CEST 120,CET 60,RMT 49.93333333333333|Europe/Rome Europe/San_Marino Europe/Vatican
CEST 120,CET 60,SET 60.233333333333334|Europe/Stockholm
CEST 120,CET 60,WET 0|Africa/Ceuta Europe/Andorra Europe/Luxembourg Europe/Madrid
CEST 120,WEST 60,WET 0|Europe/Lisbon Portugal
CET 60,EEST 180,EET 120,IMT 116.93333333333334|Europe/Sofia
CET 60,EEST 180,EET 120,KMT 122.06666666666666,MSD 240|Europe/Kiev Europe/Kyiv Europe/Uzhgorod Europe/Zaporozhye
CET 60,EEST 180,EET 120,KMT 95.6,MSD 240,WMT 84|Europe/Vilnius
CET 60,EEST 180,EET 120,LST 156.56666666666666,MSD 240,RMT 96.56666666666666|Europe/Riga
CET 60,EEST 180,EET 120,MSD 240,TMT 99|Europe/Tallinn
CET 60,EET 120|Africa/Tripoli Libya
CET 60,EET 120,MMT 110,MSD 240|Europe/Minsk
CET 60,EET 120,MSD 240|Europe/Kaliningrad
CET 60,EET 120,MSK 180,MSK 240,SMT 136|Europe/Simferopol
CMT -256.8|America/Argentina/Buenos_Aires America/Argentina/Catamarca America/Argentina/ComodRivadavia America/Argentina/Cordoba America/Argentina/Jujuy America/Argentina/La_Rioja America/Argentina/Mendoza America/Argentina/Rio_Gallegos America/Argentina/Salta America/Argentina/San_Juan America/Argentina/San_Luis America/Argentina/Tucuman America/Argentina/Ushuaia America/Buenos_Aires America/Catamarca America/Cordoba America/Jujuy America/Mendoza America/Rosario
CMT -267.6666666666667|America/Caracas
CMT -319.6,EST -300|America/Coral_Harbour America/Panama
CST -360,EDT -240,EST -300|America/Cancun America/Detroit America/Fort_Wayne America/Indiana/Indianapolis America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac America/Indianapolis America/Kentucky/Louisville America/Kentucky/Monticello America/Louisville US/East-Indiana US/Michigan
CST -360,EST -300|America/Atikokan
CST -360,MST -420|America/Regina America/Swift_Current Canada/Saskatchewan
ChST 600,GDT 660|Pacific/Guam Pacific/Saipan
DMT -25.35,GMT 0,IST 34.65,IST 60|Eire Europe/Dublin
EAST 240,EAT 180|Indian/Antananarivo
EAT 180|Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala Africa/Mogadishu Africa/Nairobi Indian/Comoro Indian/Mayotte
EDT -240,EST -300|America/Montreal America/Nassau America/New_York America/Nipigon America/Thunder_Bay America/Toronto Canada/Eastern EST5EDT US/Eastern
EDT -240,EST -300,KMT -307.1666666666667|America/Grand_Turk America/Jamaica Jamaica
EDT -240,EST -300,PPMT -289|America/Port-au-Prince
EEST 180,EET 120|Africa/Cairo Asia/Beirut Asia/Famagusta Asia/Gaza Asia/Hebron Asia/Nicosia EET Egypt Europe/Nicosia
EEST 180,EET 120,HMT 99.81666666666666|Europe/Helsinki Europe/Mariehamn
EET 120|Asia/Amman Asia/Damascus
EET 120,IMT 116.93333333333334|Asia/Istanbul Europe/Istanbul Turkey
EET 120,MDST 271.31666666666666,MMT 150.28333333333333,MMT 151.31666666666666,MSK 180,MSK 240,MST 211.31666666666666|Europe/Moscow W-SU
EMT -437.46666666666664|Chile/EasterIsland Pacific/Easter
EST -300|EST
EST -300,KMT -307.1666666666667|America/Cayman
FMT -53,GMT 0|Africa/Freetown
FMT -67.6,WEST 60,WET 0|Atlantic/Madeira
GMT 0|Africa/Abidjan Africa/Accra Africa/Bamako Africa/Bissau Africa/Conakry Africa/Dakar Africa/Lome Africa/Nouakchott Africa/Ouagadougou Africa/Timbuktu America/Danmarkshavn Atlantic/Reykjavik Etc/GMT Etc/GMT+0 Etc/GMT-0 Etc/GMT0 Etc/Greenwich GMT GMT+0 GMT-0 GMT0 Greenwich Iceland
GMT 0,JMT -22.8|Atlantic/St_Helena
GMT 0,MMT -43.13333333333333,MMT -44.5|Africa/Monrovia
GMT 0,WAT 60|Africa/Lagos Africa/Malabo Africa/Niamey Africa/Porto-Novo Africa/Sao_Tome
HKST 540,HKT 480,HKWT 510|Asia/Hong_Kong Hongkong
HMT -114.53333333333333,WEST 60|Atlantic/Azores
HMT 353.3333333333333|Asia/Dacca Asia/Dhaka
HMT 353.3333333333333,IST 330,MMT 321.1666666666667|Asia/Calcutta Asia/Kolkata
HPT -570,HST -600,HST -630|Pacific/Honolulu Pacific/Johnston US/Hawaii
HST -600|HST
IDDT 240,IDT 180,IST 120,JMT 140.66666666666666|Asia/Jerusalem Asia/Tel_Aviv Israel
IMT 417.0833333333333|Asia/Irkutsk
JDT 600,JST 540|Asia/Tokyo Japan
KDT 570,KDT 600,KST 510,KST 540|Asia/Seoul ROK
KST 510,KST 540|Asia/Pyongyang
MDT -360,MST -420|America/Denver America/Edmonton America/Hermosillo America/Mazatlan America/Phoenix America/Shiprock America/Yellowknife Canada/Mountain MST7MDT Mexico/BajaSur Navajo US/Arizona US/Mountain
MDT -360,MST -420,PST -480|America/Boise
MEST 120,MET 60|MET
MMT -224.85|America/Montevideo
MMT 294|Indian/Maldives
MMT 319.53333333333336|Asia/Colombo
MMT 477.6,WITA 480|Asia/Makassar Asia/Ujung_Pandang
MSK 180|Europe/Volgograd
MSK 180,MSK 240|Europe/Kirov
MST -420|MST
MST -420,PST -480|America/Creston America/Dawson_Creek America/Fort_Nelson
MST -420,PST -480,YST -540|America/Dawson America/Whitehorse Canada/Yukon
NDDT -90,NDT -150,NDT -150.86666666666667,NST -210,NST -210.86666666666667|America/St_Johns Canada/Newfoundland
NZDT 780,NZMT 690,NZST 720,NZST 750|Antarctica/South_Pole NZ Pacific/Auckland
PDT -420,PST -480|America/Ensenada America/Los_Angeles America/Santa_Isabel America/Tijuana America/Vancouver Canada/Pacific Mexico/BajaNorte PST8PDT US/Pacific
PDT 540,PST 480|Asia/Manila
PKST 360,PKT 300|Asia/Karachi
PLMT 426.5|Asia/Ho_Chi_Minh Asia/Phnom_Penh Asia/Saigon Asia/Vientiane
PMMT 588.5333333333333|Pacific/Bougainville Pacific/Port_Moresby Pacific/Truk Pacific/Yap
PMT -220.6,PMT -220.86666666666667|America/Paramaribo
PMT 225.08333333333334|Asia/Yekaterinburg
PMT 437.3333333333333,WIB 420,WITA 480|Asia/Pontianak
QMT -314|America/Guayaquil
RMT 384.78333333333336|Asia/Rangoon Asia/Yangon
SAST 120|Africa/Mbabane
SAST 120,SAST 180|Africa/Maseru
SAST 120,SAST 180,SAST 90|Africa/Johannesburg
SMT -231.4|Atlantic/Stanley
SMT -282.75|America/Coyhaique America/Punta_Arenas America/Santiago Chile/Continental
SMT 415.4166666666667|Asia/Kuala_Lumpur Asia/Singapore Singapore
SST -660|Pacific/Midway Pacific/Pago_Pago Pacific/Samoa US/Samoa
TBMT 179.18333333333334|Asia/Tbilisi
TMT 205.73333333333332|Asia/Tehran Iran
UTC 0|Etc/UCT Etc/UTC Etc/Universal Etc/Zulu UCT UTC Universal Zulu
WAST 120,WAT 60|Africa/Ndjamena
WAT 60|Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa Africa/Libreville Africa/Luanda
WEST 60,WET 0|Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe WET
WIT 540|Asia/Jayapura
`;
