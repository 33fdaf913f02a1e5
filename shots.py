import sys
from playwright.sync_api import sync_playwright
BASE='http://127.0.0.1:8947'
paths=dict(a.split('=',1) for a in sys.argv[1:])
with sync_playwright() as p:
    b=p.chromium.launch(executable_path='/usr/bin/chromium',args=['--no-sandbox','--disable-gpu'])
    for scheme in ('light','dark'):
        c=b.new_context(color_scheme=scheme,locale='en')
        pg=c.new_page(); pg.goto(BASE+'/admin/login/')
        if pg.locator('input[name=username]').count():
            pg.fill('input[name=username]','shots@example.org'); pg.fill('input[name=password]','shots-shots-shots'); pg.click('input[type=submit]'); pg.wait_for_url('**/admin/'); print(pg.url)
        for name,path in paths.items():
            for w in ((320,1400) if scheme=='light' else (768,)):
                pg.set_viewport_size({'width':w,'height':900})
                r=pg.goto(BASE+path); 
                over=pg.evaluate('document.documentElement.scrollWidth-document.documentElement.clientWidth')
                print(name,scheme,w,r.status,'overflow',over)
                pg.screenshot(path=f'/tmp/shots_admin_{name}_{scheme}_{w}.png',full_page=True)
        c.close()
    b.close()
