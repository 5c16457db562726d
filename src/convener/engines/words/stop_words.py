"""The commonest words of each language: they are in every text and tell nothing about it. Words of questions too."""

STOP_WORDS = {
    "en": """
        a about after all also am an and any are as at be because been before being but by can could did do does
        doing for from get had has have having he her him his how i if in into is it its just me more most my no
        nor not of off on or other our out over own s she should so some such t than that the their them then
        there these they this those through to too under up us very was we were what when where which while who
        whom whose why will with would you your
    """,
    "fr": """
        a ai as au aux avec c ce ceci cela ces cet cette comment d dans de des donc du elle elles en est et eu
        il ils j je l la le les leur leurs lui ma mais me même mes moi mon n ne nos notre nous on ont ou où par
        pas pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont sur ta te
        tes toi ton tu un une vos votre vous y à été être peut faut fait faire
    """,
    "es": """
        a al algo algunas algunos ante antes como con contra cual cuales cuando de del desde donde durante e el
        ella ellas ellos en entre era es esa esas ese eso esos esta estas este esto estos está están fue ha han
        hay la las le les lo los me mi mis muy más ni no nos nosotros o os otra otras otro otros para pero por
        porque puede que quien quienes qué quién cómo cuál cuáles cuándo dónde se ser si sin sobre son su sus
        también te tiene todo todos tu un una unas uno unos y ya yo
    """,
    "ar": """
        من في على إلى عن مع هذا هذه ذلك تلك التي الذي الذين ما ماذا متى كيف هل أين لماذا أن إن كان كانت يكون هو
        هي هم نحن أنا أو و ثم لا لم لن قد كل بعض غير بين عند حتى إذا لكن أي منذ بعد قبل حول
    """,
}
