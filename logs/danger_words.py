"""The words themselves, by language: what may mean danger now, and what may mean harm to oneself.

They are patterns over plain small letters: accents are taken off first, for a phone's keyboard often leaves them off;
the cedilla of ç stays, which tells a Portuguese knife from a Portuguese verb. All languages are looked for in every
text, since nobody in fear stops to say which one they write in. Only what is happening now counts for nearness:
"he was outside" is what a log is made of.
"""

_ENGLISH_PRESENT = (
    r"(?:(?:he|she|they|someone|somebody) (?:is|are)|(?:he|she|they)['’](?:s|re))(?: still| right| just| now)*"
)
_ENGLISH_CLOSE = (
    r"(?:outside|here\b|back\b|inside|downstairs|upstairs|coming\b|on (?:his|her|their|the) way|following me"
    r"|(?:at|by|behind) (?:the|my) (?:door|window|house|flat|gate|car)"
    r"|in (?:the|my) (?:house|flat|home|garden|street|road)"
    r"|trying to get in|breaking in|banging|shouting|watching me)"
)
_POLISH_CLOSE = (
    r"(?:pod|przed|za|przy) (?:moim|moimi|naszym|naszymi|mna|nami)?\s?"
    r"(?:dom(?:em|u)|drzwiami|oknem|oknami|blokiem|klatka|brama|furtka|autem|samochodem|mna)\b"
)
_LITHUANIAN_CLOSE = (
    r"(?:cia\b|lauke\b|viduje\b|kieme\b|(?:prie|uz|pas) (?:mano |musu )?(?:dur|lang|nam|vart|masin|but)\w+|pas mane\b"
    r"|mano (?:namuose|bute|kieme|gatveje)|pakeliui\b)"
)
_PORTUGUESE_CLOSE = (
    r"(?:aqui\b|la fora|ca fora|ali fora|fora de casa|dentro de casa|[an]a (?:minha )?(?:porta|janela)\b|a caminho"
    r"|(?:em|a) frente|na minha (?:casa|rua)|no meu (?:jardim|quintal|predio)|atras de mim|a bater|batendo"
    r"|(?:a tentar|tentando) entrar|a seguir-me|me seguindo|a vigiar-me|me vigiando|a gritar)"
)
_ROMANIAN_CLOSE = (
    r"(?:aici\b|afara\b|la usa|la geam|la fereastra|la poarta|in fata (?:casei|blocului|usii)|in casa\b|in curte"
    r"|pe scara|langa masina|dupa mine|pe drum incoace|in spatele meu)"
)

NOW: dict[str, tuple[str, ...]] = {
    "en": (
        rf"{_ENGLISH_PRESENT} {_ENGLISH_CLOSE}",
        r"(?:kill|murder|stab|shoot|strangle|attack|rape) (?:me|us|you|him|her|them|my\b|the (?:kids|children|baby))",
        r"(?:(?:will|going to|gonna) be|you are|you['’]re|i am|i['’]m) dead (?:tonight|today|tomorrow|soon)",
        r"die (?:tonight|today|tomorrow|soon)",
        r"(?:knife|gun|machete|axe)\b|acid\b(?! reflux)|petrol\b(?! station| pump| price)",
        r"strangl\w*|chok(?:ed|ing) me|(?:round|around) my (?:neck|throat)|(?:could ?n['’o]t|cannot|can['’]t) breathe",
        r"(?:scared|frightened|afraid|terrified|not safe|unsafe|in danger) (?:right )?now",
        r"fear(?:ed|ing)? for my life|in immediate danger",
        r"(?:please|somebody|someone) help me\b|help me (?:please|now)\b|help me ?!",
    ),
    "pl": (
        rf"(?:jest|sa|stoi|stoja|czeka|siedzi|chodzi|krzyczy) (?:teraz |znowu |znow |nadal |ciagle )*{_POLISH_CLOSE}",
        r"(?:on|ona|oni|ktos) (?:jest|sa|juz jest) (?:teraz |znowu |znow |nadal )*"
        r"(?:tu\b|tutaj|w (?:moim |srodku|domu))",
        r"(?:dobija|dobijaja) sie do|wali (?:teraz )?(?:w|do) (?:drzwi|okn)\w*|probuje (?:tu )?(?:wejsc|sie dostac)",
        r"wlamuje sie|idzie za mna|jedzie za mna|jest w drodze do mnie",
        r"(?:zabij|zamorduj|zastrzel|zgwalc|podpal|udus|zadzga)\w* "
        r"(?:mnie|cie|ciebie|nas|ja|go|ich|dziec\w+|mo[ji]\w*)\b",
        r"(?:mnie|cie|nas|ich) (?:zabi|zamord|zastrzel|zgwalc|podpal|udus|zadzga)\w+",
        r"(?:noz|nozem|nozowi|siekier\w+|maczet\w+|pistolet\w*|z bronia|ma bron)\b",
        r"dusil\w* mnie|mnie dusil\w*|za (?:gardlo|szyje)",
        r"nie (?:moge|moglam|moglem) (?:zlapac )?(?:oddech|oddychac)\w*",
        r"boje sie (?:teraz|o (?:swoje |moje )?zycie)|jestem w niebezpieczenstwie|ratunku\b|pomocy ?!",
    ),
    "lt": (
        rf"(?:jis|ji|jie|kazkas) (?:dabar |vel |vis dar |jau |ir )*(?:yra|stovi|laukia|sedi|vaiksto) (?:dabar )?"
        rf"{_LITHUANIAN_CLOSE}",
        r"(?:jis|ji|jie|kazkas) (?:jau |vel )?(?:cia|lauke|viduje)\b",
        r"(?:beldziasi|belda|trankosi|lauziasi|verziasi|dauzo)(?: dabar)? (?:i |mano )?(?:dur|lang|nam|but)\w+",
        r"(?:eina|seka|vaziuoja) paskui mane|bando (?:ieiti|isilauzti)|atvaziuoja pas mane|ateina pas mane",
        r"(?:nuzudy|uzmus|nusau|papjau|isprievartau|pasmaug|padeg)\w* (?:mane|tave|mus|vaik\w+|mano)\b",
        r"(?:mane|tave|mus|vaikus) (?:nuzudy|uzmus|nusau|papjau|isprievartau|pasmaug)\w*",
        r"peil(?:is|i|io|iu|iais)\b|pistolet\w+|kirv(?:is|i|iu)\b|ginkl(?:as|a|u)\b",
        r"smaug\w+ mane|mane smaug\w+|uz (?:gerkles|kaklo)\b|negal(?:iu|ejau) (?:ikvepti|kvepuoti)",
        r"bijau (?:dabar|del savo gyvybes)|man gresia pavojus|esu pavojuje|gelbekit\w*|padekit\w* (?:man\b|!)",
    ),
    "pt": (
        rf"(?:ele|ela|eles|elas|alguem) (?:ainda |agora |ja |outra vez )*(?:esta|estao|ta|tao)"
        rf" (?:ainda |agora |ja |outra vez |mesmo |de novo )*{_PORTUGUESE_CLOSE}",
        r"(?:vou|vai|ia|iria|quer|queria) (?:me |te |nos )?matar(?:-me|-te|-nos)\b",
        r"(?:vou|vai|quer) (?:me|te|nos) matar\b",
        r"(?:esfaque|estrangul|viol|espanc|degol)(?:ar|a|ou)-(?:me|te|nos)\b|dar(?:-me|-te)? um tiro",
        r"matar (?:a mim|os meus filhos|as minhas filhas|as crian[cç]as|o meu filho|a minha filha)",
        r"(?:uma|com a|com uma|a) faca\b|facadas?\b|pistola\b|ca[cç]adeira\b|espingarda\b|machado na mao|catana\b",
        r"(?:uma|com a|com uma) arma\b|arma de fogo",
        r"estrangul\w+|(?:apert|agarr)\w*(?:-me)? (?:o|pelo) pesco[cç]o",
        r"nao (?:conseguia|consegui|consigo) respirar",
        r"medo (?:pela minha vida|de morrer|agora)|estou em perigo|corro perigo|(?<!pronto[- ])(?<!do )socorro\b",
    ),
    "ro": (
        rf"(?:el|ea|ei|cineva) (?:e|este|sta|sunt|asteapta|se afla) (?:acum |inca |iar |din nou |tot )*"
        rf"{_ROMANIAN_CLOSE}",
        r"(?:sta|asteapta|striga) (?:acum |inca |iar |din nou )*(?:la usa|la geam|in fata (?:casei|blocului|usii))",
        r"(?:bate|loveste) (?:acum |iar )?(?:la|in) (?:usa|geam)\b",
        r"incearca sa intre|sparge usa|vine (?:spre|dupa) mine",
        r"(?:ma|te|ne|ii|o) (?:va )?(?:omoara|omori|ucide|injunghi\w*|impusc\w*|violeaza|stranguleaza)\b|te omor\b",
        r"sa (?:ma|te|ne|ii|o) (?:omoare|omor|ucida|injunghie|impuste|violeze|stranguleze)\b",
        r"cutit\w*|pistol(?:ul)?\b|topor(?:ul)?\b|maceta\b|(?:o|cu) arma\b",
        r"strans de gat|de gat\b|m-a sugrumat|sugruma\w*|nu (?:pot|puteam|mai pot|mai puteam) (?:sa )?respir\w*",
        r"mi-e frica acum|(?:teama|frica) pentru viata mea|sunt in pericol|ajutor ?!|ajutati-ma",
    ),
}

SELF_HARM: dict[str, tuple[str, ...]] = {
    "en": (
        r"(?:kill|hurt|harm|cut) (?:myself|himself|herself|themselves|themself)",
        r"end (?:my|his|her|their) (?:own )?life|end it all|tak(?:e|ing) (?:my|his|her|their) own life",
        r"suicid\w*|self[- ]harm\w*|overdos\w*",
        r"(?:want|wish) (?:to die|i was dead|i were dead)|better off dead",
        r"(?:do not|don['’]t) want to (?:live|be here|be alive|wake up|go on)|(?:cannot|can['’]t) go on",
    ),
    "pl": (
        r"(?:zabic|zabije|powiesic|powiesi) sie|sie (?:zabic|zabije|powiesic|powiesi)\b|samoboj\w*",
        r"odebrac sobie zycie|zrobic sobie krzywde|skonczyc ze soba|okalecza\w*|przedawkowa\w*",
        r"chce umrzec|chcialabym umrzec|nie chce (?:mi sie )?(?:juz |dluzej )?zyc|nie mam po co zyc",
    ),
    "lt": (
        r"nusizudy\w*|savizud\w*|susizalo\w*|save (?:zalo|suzalo|nuzudy)\w*|perdozav\w*",
        r"noriu mirti|nebenoriu gyventi|nenoriu (?:daugiau )?gyventi|pasidaryti gala|atimti sau gyvybe",
    ),
    "pt": (
        r"(?:quero|queria|vou|penso em|pensei em|apetece-me)(?: me)? matar(?:-me)?\b|me matar\b",
        r"quero morrer|queria morrer|queria estar mort[ao]",
        r"(?:ja )?nao quero (?:mais )?viver|acabar com (?:a )?minha vida",
        r"tirar a (?:minha|propria) vida|cortar-me\b|fazer mal a mim|sobredose|tomar os comprimidos todos",
    ),
    "ro": (
        r"sinucid\w*|sinucig\w*|ma omor\b|(?:imi iau|sa-mi iau|isi ia|sa-si ia) viata|supradoz\w*",
        r"vreau sa mor\b|nu mai vreau sa (?:traiesc|fiu)|sa-mi fac rau|imi fac rau|ma tai\b|ma spanzur\b",
    ),
}
